package dev.parkinglot.parkers;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The backends of this JVM, and the one that was chosen for it.
 *
 * <p>The choice is made once, at first use: the backend named by the system property {@value #PROPERTY}, otherwise {@code
 * locksupport}. A thread that the chosen backend cannot serve (a virtual thread, for most of them) falls back to {@code
 * locksupport}, which serves every thread.
 *
 * <table>
 *   <caption>Backends</caption>
 *   <tr><th>name</th><th>sleeps in</th><th>virtual threads</th></tr>
 *   <tr><td>{@code locksupport}</td><td>{@code LockSupport.park}</td><td>yes</td></tr>
 *   <tr><td>{@code monitor}</td><td>{@code Object.wait}</td><td>fall back</td></tr>
 *   <tr><td>{@code spin}</td><td>nothing, it spins</td><td>fall back</td></tr>
 * </table>
 */
public final class ParkerBackends {
    /** The system property that names the backend to use. Read once, at first use. */
    public static final String PROPERTY = "dev.parkinglot.parker";

    private static final ParkerBackend FALLBACK = LockSupportBackend.INSTANCE;

    private static final List<ParkerBackend> ALL = List.of(FALLBACK, MonitorBackend.INSTANCE, SpinBackend.INSTANCE);

    /** Null until the first use succeeds. Racing first uses compute the same value, so no ordering is needed. */
    private static ParkerBackend chosen;

    private ParkerBackends() {}

    /**
     * All backends that this version knows, whether or not they work here, in order of preference.
     *
     * @return an unmodifiable list
     */
    public static List<ParkerBackend> all() {
        return ALL;
    }

    /**
     * The backend chosen for this JVM.
     *
     * @return never null
     * @throws IllegalArgumentException if {@value #PROPERTY} names a backend that does not exist or cannot work here; the
     *     message lists those that can. Thrown anew at every use, since nothing was chosen
     */
    public static ParkerBackend chosen() {
        ParkerBackend backend = chosen;
        if (backend == null) {
            backend = choose(System.getProperty(PROPERTY));
            chosen = backend;
        }
        return backend;
    }

    /**
     * The backend that serves a thread: the chosen one if it can, otherwise {@code locksupport}. Cost: a few reads.
     *
     * @param thread the thread that is to sleep
     * @return never null
     * @throws IllegalArgumentException as {@link #chosen()}
     */
    public static ParkerBackend forThread(Thread thread) {
        ParkerBackend backend = chosen();
        return backend.serves(thread) ? backend : FALLBACK;
    }

    /**
     * Finds a backend by name.
     *
     * @param name one of the names in {@link #all()}
     * @return the backend, which works here
     * @throws IllegalArgumentException if there is none of that name or it cannot work here; the message lists those that can
     */
    public static ParkerBackend named(String name) {
        Objects.requireNonNull(name, "name");
        for (ParkerBackend backend : ALL) {
            if (backend.name().equals(name)) {
                backend.unavailableReason().ifPresent(reason -> {
                    throw new IllegalArgumentException(
                            "parker backend '" + name + "' cannot be used here: " + reason + ". " + choices());
                });
                return backend;
            }
        }
        throw new IllegalArgumentException("there is no parker backend '" + name + "'. " + choices());
    }

    /** The choice for a value of the property, null if it is not set. */
    static ParkerBackend choose(String name) {
        return name == null ? FALLBACK : named(name);
    }

    private static String choices() {
        return ALL.stream()
                .filter(backend -> backend.unavailableReason().isEmpty())
                .map(ParkerBackend::name)
                .collect(Collectors.joining(", ", "Set -D" + PROPERTY + " to one of: ", ""));
    }
}
