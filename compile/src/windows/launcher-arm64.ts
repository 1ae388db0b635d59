/**
 * The launcher's code for arm64. Bytes as llvm-mc assembles the text beside them; a test assembles it again. Sources:
 * Arm ARM, chapter C6; Microsoft, "Overview of ARM64 ABI conventions" (arguments in x0 to x7, then on the stack).
 */
export const arm64Listing = `
start:
  a9bf7bfd  stp x29, x30, [sp, #-16]!
  910003fd  mov x29, sp
  d10043ff  sub sp, sp, #16                                 ; two arguments of CreateProcessW
  10000000  adr x0, variable
  10000001  adr x1, runAs
  58000010  ldr x16, SetEnvironmentVariableW
  d63f0200  blr x16
  34000000  cbz w0, fail
  d2800000  mov x0, #0
  10000001  adr x1, path
  52900002  mov w2, #32768
  58000010  ldr x16, GetModuleFileNameW
  d63f0200  blr x16
  34000000  cbz w0, fail                                    ; characters: 0 when it failed, the size of the buffer when it was cut
  7140201f  cmp w0, #8, lsl #12
  54000002  b.hs fail
  10000001  adr x1, path
toFolder:
  8b204422  add x2, x1, w0, uxtw #1
  785fe043  ldurh w3, [x2, #-2]
  7101707f  cmp w3, #92                                     ; back to behind the last backslash
  54000000  b.eq replaceName
  51000400  sub w0, w0, #1
  35000000  cbnz w0, toFolder
  aa0103e2  mov x2, x1
replaceName:
  10000001  adr x1, target
copy:
  78402423  ldrh w3, [x1], #2
  78002443  strh w3, [x2], #2
  35000003  cbnz w3, copy
  10000000  adr x0, keepRunning
  52800021  mov w1, #1
  58000010  ldr x16, SetConsoleCtrlHandler
  d63f0200  blr x16
  d2800000  mov x0, #0
  d2800001  mov x1, #0
  58000010  ldr x16, CreateJobObjectW
  d63f0200  blr x16                                         ; without a job the child still runs, so nothing is checked
  10000008  adr x8, job
  f9000100  str x0, [x8]
  52800121  mov w1, #9                                      ; JobObjectExtendedLimitInformation
  10000002  adr x2, limits
  52801203  mov w3, #144
  58000010  ldr x16, SetInformationJobObject
  d63f0200  blr x16
  10000000  adr x0, startup
  58000010  ldr x16, GetStartupInfoW
  d63f0200  blr x16                                         ; passed on as it is: window, handles, descriptors of the C runtime
  58000010  ldr x16, GetCommandLineW
  d63f0200  blr x16
  aa0003e1  mov x1, x0
  10000000  adr x0, path
  d2800002  mov x2, #0
  d2800003  mov x3, #0
  52800024  mov w4, #1                                      ; handles are inherited
  52800005  mov w5, #0
  d2800006  mov x6, #0
  d2800007  mov x7, #0
  10000008  adr x8, startup
  10000009  adr x9, process
  a90027e8  stp x8, x9, [sp]
  58000010  ldr x16, CreateProcessW
  d63f0200  blr x16
  34000000  cbz w0, fail
  58000000  ldr x0, job
  58000001  ldr x1, process
  58000010  ldr x16, AssignProcessToJobObject
  d63f0200  blr x16
  12800120  mov w0, #-10                                    ; a pipe ends when the child closes it, not when we end
  58000010  ldr x16, GetStdHandle
  d63f0200  blr x16
  58000010  ldr x16, CloseHandle
  d63f0200  blr x16
  12800140  mov w0, #-11
  58000010  ldr x16, GetStdHandle
  d63f0200  blr x16
  58000010  ldr x16, CloseHandle
  d63f0200  blr x16
  12800160  mov w0, #-12
  58000010  ldr x16, GetStdHandle
  d63f0200  blr x16
  58000010  ldr x16, CloseHandle
  d63f0200  blr x16
  58000000  ldr x0, process
  12800001  mov w1, #-1
  58000010  ldr x16, WaitForSingleObject
  d63f0200  blr x16
  58000000  ldr x0, process
  10000001  adr x1, exitCode
  58000010  ldr x16, GetExitCodeProcess
  d63f0200  blr x16
  34000000  cbz w0, fail
  18000000  ldr w0, exitCode
  58000010  ldr x16, ExitProcess
  d63f0200  blr x16
fail:
  12800160  mov w0, #-12
  58000010  ldr x16, GetStdHandle
  d63f0200  blr x16
  10000001  adr x1, message
  18000002  ldr w2, messageLength
  10000003  adr x3, written
  d2800004  mov x4, #0
  58000010  ldr x16, WriteFile
  d63f0200  blr x16
  52800fe0  mov w0, #127
  58000010  ldr x16, ExitProcess
  d63f0200  blr x16
  d43e0000  brk #0xf000
keepRunning:
  a9bf7bfd  stp x29, x30, [sp, #-16]!
  910003fd  mov x29, sp
  7100081f  cmp w0, #2                                      ; CTRL_C and CTRL_BREAK are the child's to answer
  54000003  b.lo handled
  12800000  mov w0, #-1                                     ; closing, logging off: to return would end us, and with us the child, at once
  58000010  ldr x16, Sleep
  d63f0200  blr x16
handled:
  52800020  mov w0, #1
  a8c17bfd  ldp x29, x30, [sp], #16
  d65f03c0  ret
`;
