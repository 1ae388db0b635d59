/*
 * bcryptprimitives.dll for Wine 8, which has none: Bun's programs take their random bytes from its one function.
 * https://learn.microsoft.com/en-us/windows/win32/seccng/processprng
 */
#include <windows.h>

/* RtlGenRandom, https://learn.microsoft.com/en-us/windows/win32/api/ntsecapi/nf-ntsecapi-rtlgenrandom */
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length) {
  return SystemFunction036(buffer, (ULONG)length);
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved) {
  return TRUE;
}
