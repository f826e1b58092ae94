package dev.parkinglot.parkers;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;

/** {@link NativeAccess} by {@code java.lang.foreign}. */
final class ForeignAccess extends NativeAccess {
    ForeignAccess() {}

    @Override
    void requireGranted() throws UnavailableException {
        Module module = ForeignAccess.class.getModule();
        if (!module.isNativeAccessEnabled()) {
            throw new UnavailableException("native access has not been granted; start java with --enable-native-access="
                    + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
        }
    }

    @Override
    Parkers parkers(String backend) throws UnavailableException {
        try {
            AddressWait system = waitOf(backend);
            WaitWord word = WaitWord.own();
            system.tryOut(word);
            return blocker -> new SystemParker(blocker, system, WaitWord.own());
        } catch (UnsupportedOperationException e) {
            throw new UnavailableException("this JVM cannot call native code here: " + e.getMessage());
        }
    }

    private static AddressWait waitOf(String backend) throws UnavailableException {
        return switch (backend) {
            case "futex" -> new FutexWait(inDefaultLibraries(), LinuxNumbers.ofThisMachine());
            case "ulock" -> UlockWait.newest(inDefaultLibraries());
            case "waitaddress" -> new WaitAddressWait(inLibrary("api-ms-win-core-synch-l1-2-0.dll"));
            case "keyedevent" -> new KeyedEventWait(inLibrary("ntdll.dll"));
            default -> throw new AssertionError(backend);
        };
    }

    @Override
    Fence fence() throws UnavailableException {
        try {
            return new Membarrier(inDefaultLibraries(), LinuxNumbers.ofThisMachine());
        } catch (UnsupportedOperationException e) {
            throw new UnavailableException("this JVM cannot call native code here: " + e.getMessage());
        }
    }

    private static NativeCalls inDefaultLibraries() {
        return new NativeCalls(Linker.nativeLinker().defaultLookup());
    }

    @SuppressWarnings("restricted") // granted, see requireGranted
    private static NativeCalls inLibrary(String library) throws UnavailableException {
        try {
            return new NativeCalls(SymbolLookup.libraryLookup(library, Arena.global()));
        } catch (IllegalArgumentException e) {
            throw new UnavailableException("the system has no library " + library);
        }
    }
}
