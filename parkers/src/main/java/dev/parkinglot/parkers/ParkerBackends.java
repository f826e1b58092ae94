package dev.parkinglot.parkers;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The backends of this JVM, and the one that was chosen for it.
 *
 * <p>The choice is made once, at first use: the backend named by the system property {@value #PROPERTY}, otherwise the
 * first of {@link #all()} that works here. A thread that the chosen backend cannot serve (a virtual thread, for all but
 * {@code locksupport}) falls back to {@code locksupport}, which serves every thread. {@link #report()} tells what was
 * found and why.
 *
 * <table>
 *   <caption>Backends, in order of preference</caption>
 *   <tr><th>name</th><th>sleeps in</th><th>needs</th></tr>
 *   <tr><td>{@code futex}</td><td>{@code futex(2)}</td><td>Linux, JDK 22, native access</td></tr>
 *   <tr><td>{@code ulock}</td><td>{@code os_sync_wait_on_address}, or {@code __ulock_wait}</td>
 *       <td>macOS, JDK 22, native access</td></tr>
 *   <tr><td>{@code waitaddress}</td><td>{@code WaitOnAddress}</td><td>Windows 8, JDK 22, native access</td></tr>
 *   <tr><td>{@code keyedevent}</td><td>{@code NtWaitForKeyedEvent}</td><td>Windows, JDK 22, native access</td></tr>
 *   <tr><td>{@code locksupport}</td><td>{@code LockSupport.park}</td><td>nothing</td></tr>
 *   <tr><td>{@code monitor}</td><td>{@code Object.wait}</td><td>nothing</td></tr>
 *   <tr><td>{@code spin}</td><td>nothing, it spins</td><td>nothing</td></tr>
 * </table>
 *
 * Native access is granted by {@code --enable-native-access=dev.parkinglot.parkers} where this library is a module, by
 * {@code --enable-native-access=ALL-UNNAMED} where it is on the class path. Without it no restricted method is called,
 * so the JDK prints no warning, and the choice is {@code locksupport}.
 */
public final class ParkerBackends {
    /** The system property that names the backend to use. Read once, at first use. */
    public static final String PROPERTY = "dev.parkinglot.parker";

    private static final ParkerBackend FALLBACK = LockSupportBackend.INSTANCE;

    private static final List<ParkerBackend> ALL = List.of(
            new SystemBackend("futex"),
            new SystemBackend("ulock"),
            new SystemBackend("waitaddress"),
            new SystemBackend("keyedevent"),
            FALLBACK,
            MonitorBackend.INSTANCE,
            SpinBackend.INSTANCE);

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
     * @throws IllegalArgumentException if {@value #PROPERTY} names a backend that does not exist or cannot work here;
     *     the message lists those that can. Thrown anew at every use, since nothing was chosen
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
     * @throws IllegalArgumentException if there is none of that name or it cannot work here; the message lists those
     *     that can
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

    /**
     * What was found on this machine, what was chosen, and why: for people ({@code toString}) and for programs. Probes
     * what has not been probed yet.
     *
     * @return a snapshot that does not change any more
     * @throws IllegalArgumentException as {@link #chosen()}
     */
    public static ParkerReport report() {
        return ParkerReport.of(chosen(), System.getProperty(PROPERTY), ALL);
    }

    /** The choice for a value of the property, null if it is not set. */
    static ParkerBackend choose(String name) {
        return name == null ? usable().findFirst().orElseThrow() : named(name);
    }

    private static Stream<ParkerBackend> usable() {
        return ALL.stream().filter(backend -> backend.unavailableReason().isEmpty());
    }

    private static String choices() {
        return usable().map(ParkerBackend::name)
                .collect(Collectors.joining(", ", "Set -D" + PROPERTY + " to one of: ", ""));
    }
}
