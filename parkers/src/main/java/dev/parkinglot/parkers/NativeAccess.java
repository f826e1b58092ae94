package dev.parkinglot.parkers;

/**
 * What the newer source root offers to the older one: the operating system's own calls, through {@code
 * java.lang.foreign}. Found by name, so that this class loads where that package does not exist.
 */
abstract class NativeAccess {
    static final int NEEDED_FEATURE = 22;

    private static final String IMPLEMENTATION = "dev.parkinglot.parkers.ForeignAccess";

    /** Makes the parkers of one system. */
    interface Parkers {
        /** As {@link ParkerBackend#newParker}. */
        ThreadParker newParker(Object blocker);
    }

    /** A fence in all other threads of the process, as {@link AsymmetricFence} promises it. */
    interface Fence {
        /** False if it could not be done this time. */
        boolean tryFence();
    }

    /**
     * Prepares the parkers of a system backend, and tries them out.
     *
     * @throws UnavailableException if the machine does not have what they need
     */
    abstract Parkers parkers(String backend) throws UnavailableException;

    /**
     * Prepares the fence.
     *
     * @throws UnavailableException if the machine does not have it
     */
    abstract Fence fence() throws UnavailableException;

    /**
     * Finds the implementation. Makes no restricted call, so the JDK has nothing to warn of.
     *
     * @throws UnavailableException if the JDK is too old, or native access has not been granted to this module
     */
    static NativeAccess find() throws UnavailableException {
        int feature = Runtime.version().feature();
        if (feature < NEEDED_FEATURE) {
            throw new UnavailableException("it needs JDK " + NEEDED_FEATURE + " or later, and this is JDK " + feature);
        }
        NativeAccess access;
        try {
            access = Class.forName(IMPLEMENTATION)
                    .asSubclass(NativeAccess.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new UnavailableException("this copy of the library lacks its classes in META-INF/versions/"
                    + NEEDED_FEATURE + ": whoever repacked the jar has left them, or 'Multi-Release: true', out");
        }
        access.requireGranted();
        return access;
    }

    /** Throws unless the user has granted native access to this module. */
    abstract void requireGranted() throws UnavailableException;
}
