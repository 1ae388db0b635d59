/**
 * The few instructions of the fakes. Sources: Intel SDM volume 2; Arm ARM, chapter C6; Linux syscall(2);
 * Microsoft x64 and ARM64 calling conventions. Addresses are those of the code and of what it names.
 */
import type { Arch } from '@slipway/core';
import { words } from './record.ts';

interface Message {
  readonly address: number;
  readonly length: number;
}

/** Linux: write(1, message, length), then exit(0). */
export function linuxProgram(arch: Arch, address: number, message: Message): Buffer {
  if (arch === 'arm64') {
    return words(
      move(0, 1), address32(1, message.address - (address + 4)), move(2, message.length), move(8, 64), supervisorCall,
      move(0, 0), move(8, 93), supervisorCall,
    );
  }
  return Buffer.concat([
    Buffer.from('b801000000bf01000000', 'hex'), // mov eax, 1; mov edi, 1
    Buffer.from('488d35', 'hex'), relative(address + 17, message.address), // lea rsi, [rip + message]
    Buffer.from('ba', 'hex'), words(message.length), Buffer.from('0f05', 'hex'), // mov edx, length; syscall
    Buffer.from('b83c00000031ff0f05', 'hex'), // mov eax, 60; xor edi, edi; syscall
  ]);
}

/** macOS: main returns 0. */
export function macosProgram(arch: Arch): Buffer {
  return arch === 'arm64' ? words(move(0, 0), 0xd65f03c0) : Buffer.from('31c0c3', 'hex');
}

export interface WindowsImports {
  readonly ExitProcess: number;
  readonly GetStdHandle: number;
  readonly WriteFile: number;
}

/** Windows: WriteFile(GetStdHandle(-11), message, …) on x64, then ExitProcess(0); `imports` are the slots' addresses. */
export function windowsProgram(arch: Arch, address: number, message: Message, imports: WindowsImports): Buffer {
  if (arch === 'arm64') {
    // adr x9, slot; ldr x9, [x9]; mov x0, 0; blr x9
    return words(address32(9, imports.ExitProcess - address), 0xf9400129, move(0, 0), 0xd63f0120);
  }
  const call = (at: number, slot: number): Buffer => Buffer.concat([Buffer.from('ff15', 'hex'), relative(address + at + 6, slot)]);
  return Buffer.concat([
    Buffer.from('4883ec38b9f5ffffff', 'hex'), call(9, imports.GetStdHandle), // sub rsp, 0x38; mov ecx, -11; call
    Buffer.from('4889c1488d15', 'hex'), relative(address + 25, message.address), // mov rcx, rax; lea rdx, [rip + message]
    Buffer.from('41b8', 'hex'), words(message.length), // mov r8d, length
    Buffer.from('4c8d4c243048c744242000000000', 'hex'), call(45, imports.WriteFile), // lea r9, [rsp+0x30]; 5th argument 0; call
    Buffer.from('31c9', 'hex'), call(53, imports.ExitProcess), // xor ecx, ecx; call
  ]);
}

const supervisorCall = 0xd4000001;

/** movz x<register>, #value */
function move(register: number, value: number): number {
  return 0xd2800000 + value * 32 + register;
}

/** adr x<register>, <distance from this instruction>; within 1 MB. */
function address32(register: number, distance: number): number {
  return ((distance & 3) * 2 ** 29) + 0x10000000 + ((distance >> 2) & 0x7ffff) * 32 + register;
}

function relative(next: number, to: number): Buffer {
  return words(to - next);
}
