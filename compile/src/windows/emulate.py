"""Run a launcher on an emulated CPU with Windows' functions played, and tell what it called. Needs unicorn.

usage: emulate.py launcher.exe < scenarios.json > calls.json

A scenario says where the launcher lies, which functions fail, and whether the console's handler is called afterwards:
{"path": "C:\\\\d.exe", "fail": ["CreateProcessW"], "control": 2}. For each there is a list of calls, with their arguments
as Windows would understand them; for the handler, its calls and what it returns.
"""
import json
import struct
import sys

import unicorn
from unicorn import arm64_const as arm, x86_const as x86

BASE, STACK, TRAPS = 0x1_4000_0000, 0x7000_0000, 0x6000_0000
STACK_TOP = STACK + 0xf000
COMMAND_LINE, JOB, PROCESS = 0x5000_0000, 0x70, 0x80
X64_ARGS = (x86.UC_X86_REG_RCX, x86.UC_X86_REG_RDX, x86.UC_X86_REG_R8, x86.UC_X86_REG_R9)
X64_SAVED = tuple(getattr(x86, f'UC_X86_REG_{r}') for r in ('RBX', 'RBP', 'RSI', 'RDI', 'R12', 'R13', 'R14', 'R15'))
ARM_SAVED = tuple(getattr(arm, f'UC_ARM64_REG_X{r}') for r in range(18, 30))


class Program:
    def __init__(self, file, scenario):
        self.scenario, self.lines, self.startup, self.handler = scenario, [], 0, 0
        pe = struct.unpack_from('<I', file, 60)[0]
        machine, sections = struct.unpack_from('<HH', file, pe + 4)
        self.x64 = machine == 0x8664
        self.cpu = (unicorn.Uc(unicorn.UC_ARCH_X86, unicorn.UC_MODE_64) if self.x64
                    else unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM))
        self.entry = BASE + struct.unpack_from('<I', file, pe + 24 + 16)[0]
        imports = struct.unpack_from('<I', file, pe + 24 + 112 + 8)[0]
        for i in range(sections):
            at = pe + 24 + 240 + i * 40
            size, address, raw, offset = struct.unpack_from('<IIII', file, at + 8)
            flags = struct.unpack_from('<I', file, at + 36)[0]
            self.cpu.mem_map(BASE + address, (max(size, raw) + 0xfff) & ~0xfff,
                             (4 if flags & 0x20000000 else 0) | (2 if flags & 0x80000000 else 0) | 1)
            self.cpu.mem_write(BASE + address, file[offset:offset + raw])
        for address in (STACK, TRAPS, COMMAND_LINE):
            self.cpu.mem_map(address, 0x10000)
        self.traps = self.bind(imports)
        self.cpu.hook_add(unicorn.UC_HOOK_CODE, self.trap, begin=TRAPS, end=TRAPS + 0xffff)

    def bind(self, imports):
        """Write the address of a trap into the slot of every imported function, as the loader would."""
        traps = {}
        lookup, _, _, _, slots = struct.unpack('<IIIII', self.cpu.mem_read(BASE + imports, 20))
        for i in range(100):
            name = struct.unpack('<Q', self.cpu.mem_read(BASE + lookup + i * 8, 8))[0]
            if name == 0:
                return traps
            traps[TRAPS + i * 16] = self.text(BASE + name + 2, 1)
            self.cpu.mem_write(BASE + slots + i * 8, struct.pack('<Q', TRAPS + i * 16))
            self.cpu.mem_write(TRAPS + i * 16, b'\xc3' if self.x64 else struct.pack('<I', 0xd65f03c0))

    def text(self, address, width):
        data = b''
        while (unit := bytes(self.cpu.mem_read(address + len(data), width))) != bytes(width):
            data += unit
        return data.decode('latin1' if width == 1 else 'utf-16-le')

    def sp(self):
        return self.cpu.reg_read(x86.UC_X86_REG_RSP if self.x64 else arm.UC_ARM64_REG_SP)

    def argument(self, i):
        on_stack = i >= (4 if self.x64 else 8)
        if not on_stack:
            return self.cpu.reg_read(X64_ARGS[i] if self.x64 else arm.UC_ARM64_REG_X0 + i)
        at = self.sp() + (8 + 8 * i if self.x64 else 8 * (i - 8))
        return struct.unpack('<Q', self.cpu.mem_read(at, 8))[0]

    def word(self, i):
        value = self.argument(i) & 0xffffffff
        return value - (1 << 32) if value >= 1 << 31 else value

    def trap(self, cpu, address, _size, _data):
        name = self.traps[address]
        assert (self.sp() + (8 if self.x64 else 0)) % 16 == 0, f'{name} is called with a stack that is not aligned'
        if self.x64:  # A function may use its shadow space as it likes.
            cpu.mem_write(self.sp() + 8, b'\xcc' * 32)
        shown, result = getattr(self, name)()
        if name in self.scenario.get('fail', []):
            result = 0
        self.lines.append(f'{name}({", ".join(str(one) for one in shown)})')
        cpu.reg_write(x86.UC_X86_REG_RAX if self.x64 else arm.UC_ARM64_REG_X0, result)
        self.forget()
        if name == 'ExitProcess':
            cpu.emu_stop()

    def forget(self):
        """Nothing may rely on registers that a call is free to change."""
        x64 = (*X64_ARGS, x86.UC_X86_REG_R10, x86.UC_X86_REG_R11)
        for register in x64 if self.x64 else range(arm.UC_ARM64_REG_X1, arm.UC_ARM64_REG_X17 + 1):
            self.cpu.reg_write(register, 0xdead_dead_dead_dead)

    def put(self, i, data):
        self.cpu.mem_write(self.argument(i), data)

    # Windows' functions: what to show of the arguments, and what they return.
    def SetEnvironmentVariableW(self):
        return [self.text(self.argument(0), 2), self.text(self.argument(1), 2)], 1

    def GetModuleFileNameW(self):
        path, size = self.scenario['path'], self.word(2)
        self.put(1, path.encode('utf-16-le')[:size * 2 - 2] + b'\0\0')
        return [self.argument(0), size], min(len(path), size)

    def SetConsoleCtrlHandler(self):
        self.handler = self.argument(0)
        return ['handler', self.word(1)], 1

    def CreateJobObjectW(self):
        return [self.argument(0), self.argument(1)], JOB

    def SetInformationJobObject(self):
        data = bytes(self.cpu.mem_read(self.argument(2), self.word(3)))
        flags = struct.unpack_from('<I', data, 16)[0]
        assert not any(data[:16] + data[20:])
        return [hex(self.argument(0)), self.word(1), f'limits {flags:#x}', self.word(3)], 1

    def GetStartupInfoW(self):
        self.startup = self.argument(0)
        self.put(0, struct.pack('<I', 104) + b'\x11' * 100)
        return [], 0xdead

    def GetCommandLineW(self):
        self.cpu.mem_write(COMMAND_LINE, 'typed "so\0'.encode('utf-16-le'))
        return [], COMMAND_LINE

    def CreateProcessW(self):
        assert self.argument(8) == self.startup and bytes(self.cpu.mem_read(self.startup + 4, 100)) == b'\x11' * 100
        self.put(9, struct.pack('<QQII', PROCESS, 0x90, 1, 2))
        plain = [self.argument(i) for i in (2, 3)] + [self.word(4), self.word(5)] + [self.argument(i) for i in (6, 7)]
        return [self.text(self.argument(0), 2), self.text(self.argument(1), 2), *plain, 'startup'], 1

    def AssignProcessToJobObject(self):
        return [hex(self.argument(0)), hex(self.argument(1))], 1

    def GetStdHandle(self):
        return [self.word(0)], 0x100 - self.word(0)

    def CloseHandle(self):
        return [0x100 - self.argument(0)], 1

    def WaitForSingleObject(self):
        return [hex(self.argument(0)), self.word(1)], 0

    def GetExitCodeProcess(self):
        self.put(1, struct.pack('<I', 0xc0000005))
        return [hex(self.argument(0))], 1

    def ExitProcess(self):
        return [hex(self.argument(0) & 0xffffffff)], 0

    def Sleep(self):
        return [self.word(0)], 0

    def WriteFile(self):
        data = bytes(self.cpu.mem_read(self.argument(1), self.word(2)))
        self.put(3, struct.pack('<I', len(data)))
        return [0x100 - self.argument(0), json.dumps(data.decode()), self.argument(4)], 1

    def run(self):
        self.call(self.entry, 0)
        control = self.scenario.get('control')
        if control is None:
            return self.lines
        self.lines.clear()
        saved = X64_SAVED if self.x64 else ARM_SAVED
        for i, register in enumerate(saved):
            self.cpu.reg_write(register, 0xabc0 + i)
        result = self.call(self.handler, control)
        assert self.sp() == STACK_TOP, 'the handler returns with another stack'
        assert [self.cpu.reg_read(register) - i for i, register in enumerate(saved)] == [0xabc0] * len(saved)
        return [*self.lines, f'returns {result & 0xffffffff}']

    def call(self, address, argument):
        """Call a function with one argument, as a new thread would, and give back its result."""
        end, top = TRAPS + 0xfff0, STACK_TOP
        if self.x64:
            self.cpu.mem_write(top - 8, struct.pack('<Q', end))
            self.cpu.reg_write(x86.UC_X86_REG_RSP, top - 8)
            self.cpu.reg_write(x86.UC_X86_REG_RCX, argument)
        else:
            self.cpu.reg_write(arm.UC_ARM64_REG_SP, top)
            self.cpu.reg_write(arm.UC_ARM64_REG_LR, end)
            self.cpu.reg_write(arm.UC_ARM64_REG_X0, argument)
        self.cpu.emu_start(address, end, count=1_000_000)
        return self.cpu.reg_read(x86.UC_X86_REG_RAX if self.x64 else arm.UC_ARM64_REG_X0)


with open(sys.argv[1], 'rb') as launcher:
    image = launcher.read()
json.dump([Program(image, scenario).run() for scenario in json.load(sys.stdin)], sys.stdout)
