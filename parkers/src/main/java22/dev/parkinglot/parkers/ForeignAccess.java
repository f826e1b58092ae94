package dev.parkinglot.parkers;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;

/** {@link NativeAccess} by {@code java.lang.foreign}. */
final class ForeignAccess extends NativeAccess {
    private static final long A_MOMENT_NANOS = 50_000L;

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
        WaitWord word = WaitWord.ownOrNull();
        if (word == null) {
            throw new UnavailableException("there is no direct memory for the words that threads sleep at");
        }
        AddressWait system = waitOf(backend, word);
        system.tryOut(word);
        tryOut(new SystemParker(null, system, word));
        return blocker -> newParker(blocker, system);
    }

    /** Has a thread sleep for a moment: what is loaded for that is loaded now, and not at the end of some stack. */
    private static void tryOut(ThreadParker parker) {
        parker.preparePark();
        parker.parkUntil(System.nanoTime() + A_MOMENT_NANOS, false);
        parker.unparkLock().unpark();
    }

    /** A thread for which there is no memory sleeps on its permit. */
    private static ThreadParker newParker(Object blocker, AddressWait system) {
        WaitWord word = WaitWord.ownOrNull();
        return word == null ? LockSupportBackend.INSTANCE.newParker(blocker) : new SystemParker(blocker, system, word);
    }

    private static AddressWait waitOf(String backend, WaitWord word) throws UnavailableException {
        return switch (backend) {
            case "futex" -> new FutexWait(inDefaultLibraries(), LinuxNumbers.ofThisMachine(), word);
            case "ulock" -> UlockWait.newest(inDefaultLibraries(), word);
            case "waitaddress" -> new WaitAddressWait(inLibrary("api-ms-win-core-synch-l1-2-0.dll"));
            case "keyedevent" -> new KeyedEventWait(inLibrary("ntdll.dll"));
            default -> throw new AssertionError(backend);
        };
    }

    @Override
    Fence fence() throws UnavailableException {
        return new Membarrier(inDefaultLibraries(), LinuxNumbers.ofThisMachine());
    }

    private static NativeCalls inDefaultLibraries() throws UnavailableException {
        Linker linker = linker();
        return new NativeCalls(linker, linker.defaultLookup());
    }

    @SuppressWarnings("restricted") // granted, see requireGranted
    private static NativeCalls inLibrary(String library) throws UnavailableException {
        Linker linker = linker();
        try {
            return new NativeCalls(linker, SymbolLookup.libraryLookup(library, Arena.global()));
        } catch (IllegalArgumentException e) {
            throw new UnavailableException("the system has no library " + library);
        }
    }

    private static Linker linker() throws UnavailableException {
        try {
            return Linker.nativeLinker();
        } catch (UnsupportedOperationException e) {
            throw new UnavailableException("this JVM cannot call native code here");
        }
    }
}
