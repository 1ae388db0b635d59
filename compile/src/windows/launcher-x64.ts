/**
 * The launcher's code for x64. Bytes as llvm-mc assembles the text beside them; a test assembles it again. Sources:
 * Intel SDM volume 2; Microsoft, "x64 calling convention" (32 bytes of shadow space, stack aligned to 16 at calls).
 */
export const x64Listing = `
start:
  4883ec58            sub rsp, 88                           ; shadow space and six more arguments; aligned to 16 again
  488d0d              lea rcx, [rip + variable]
  488d15              lea rdx, [rip + runAs]
  ff15                call [rip + SetEnvironmentVariableW]
  85c0                test eax, eax
  0f84                je fail
  31c9                xor ecx, ecx
  488d15              lea rdx, [rip + path]
  41b800800000        mov r8d, 32768
  ff15                call [rip + GetModuleFileNameW]
  85c0                test eax, eax                         ; characters: 0 when it failed, the size of the buffer when it was cut
  0f84                je fail
  3d00800000          cmp eax, 32768
  0f83                jae fail
  488d15              lea rdx, [rip + path]
toFolder:
  66837c42fe5c        cmp word ptr [rdx + 2*rax - 2], 92    ; back to behind the last backslash
  0f84                je replaceName
  ffc8                dec eax
  0f85                jne toFolder
replaceName:
  488d1442            lea rdx, [rdx + 2*rax]
  488d0d              lea rcx, [rip + target]
copy:
  0fb701              movzx eax, word ptr [rcx]
  668902              mov word ptr [rdx], ax
  4883c102            add rcx, 2
  4883c202            add rdx, 2
  85c0                test eax, eax
  0f85                jne copy
  488d0d              lea rcx, [rip + keepRunning]
  ba01000000          mov edx, 1
  ff15                call [rip + SetConsoleCtrlHandler]
  31c9                xor ecx, ecx
  31d2                xor edx, edx
  ff15                call [rip + CreateJobObjectW]         ; without a job the child still runs, so nothing is checked
  488905              mov [rip + job], rax
  4889c1              mov rcx, rax
  ba09000000          mov edx, 9                            ; JobObjectExtendedLimitInformation
  4c8d05              lea r8, [rip + limits]
  41b990000000        mov r9d, 144
  ff15                call [rip + SetInformationJobObject]
  488d0d              lea rcx, [rip + startup]
  ff15                call [rip + GetStartupInfoW]          ; passed on as it is: window, handles, descriptors of the C runtime
  ff15                call [rip + GetCommandLineW]
  488d0d              lea rcx, [rip + path]
  4889c2              mov rdx, rax
  4531c0              xor r8d, r8d
  4531c9              xor r9d, r9d
  48c744242001000000  mov qword ptr [rsp + 32], 1           ; handles are inherited
  4c89442428          mov qword ptr [rsp + 40], r8
  4c89442430          mov qword ptr [rsp + 48], r8
  4c89442438          mov qword ptr [rsp + 56], r8
  488d05              lea rax, [rip + startup]
  4889442440          mov qword ptr [rsp + 64], rax
  488d05              lea rax, [rip + process]
  4889442448          mov qword ptr [rsp + 72], rax
  ff15                call [rip + CreateProcessW]
  85c0                test eax, eax
  0f84                je fail
  488b0d              mov rcx, [rip + job]
  488b15              mov rdx, [rip + process]
  ff15                call [rip + AssignProcessToJobObject]
  b9f6ffffff          mov ecx, -10                          ; a pipe ends when the child closes it, not when we end
  ff15                call [rip + GetStdHandle]
  4889c1              mov rcx, rax
  ff15                call [rip + CloseHandle]
  b9f5ffffff          mov ecx, -11
  ff15                call [rip + GetStdHandle]
  4889c1              mov rcx, rax
  ff15                call [rip + CloseHandle]
  b9f4ffffff          mov ecx, -12
  ff15                call [rip + GetStdHandle]
  4889c1              mov rcx, rax
  ff15                call [rip + CloseHandle]
  488b0d              mov rcx, [rip + process]
  baffffffff          mov edx, -1
  ff15                call [rip + WaitForSingleObject]
  488b0d              mov rcx, [rip + process]
  488d15              lea rdx, [rip + exitCode]
  ff15                call [rip + GetExitCodeProcess]
  85c0                test eax, eax
  0f84                je fail
  8b0d                mov ecx, [rip + exitCode]
  ff15                call [rip + ExitProcess]
fail:
  b9f4ffffff          mov ecx, -12
  ff15                call [rip + GetStdHandle]
  4889c1              mov rcx, rax
  488d15              lea rdx, [rip + message]
  448b05              mov r8d, [rip + messageLength]
  4c8d0d              lea r9, [rip + written]
  48c744242000000000  mov qword ptr [rsp + 32], 0
  ff15                call [rip + WriteFile]
  b97f000000          mov ecx, 127
  ff15                call [rip + ExitProcess]
  cc                  int3
keepRunning:
  4883ec28            sub rsp, 40
  83f902              cmp ecx, 2                            ; CTRL_C and CTRL_BREAK are the child's to answer
  0f82                jb handled
  b9ffffffff          mov ecx, -1                           ; closing, logging off: to return would end us, and with us the child, at once
  ff15                call [rip + Sleep]
handled:
  b801000000          mov eax, 1
  4883c428            add rsp, 40
  c3                  ret
`;
