package dev.parkinglot.parkers;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The backends of this JVM, and the one that was chosen for it.
 *
 * <p>The choice is made once, at first use: the backend named by the system property {@value #PROPERTY}, otherwise the
 * first of {@link #all()} that works here. Virtual threads always get {@code locksupport}, which serves every thread. {@link #report()} tells what was
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
 * {@code --enable-native-access=ALL-UNNAMED} where it is on the class path, or by {@code Enable-Native-Access:
 * ALL-UNNAMED} in the manifest of the program's JAR file. Without it no restricted method is called, so the JDK prints
 * no warning, and the choice is {@code locksupport}. (If another library on the class path has made a restricted call
 * before, the JDK has printed its warning for that one and counts the whole class path as granted.)
 */
public final class ParkerBackends {
    /** The system property that names the backend to use. Read once, at first use. */
    public static final String PROPERTY = "dev.parkinglot.parker";

    private static final ParkerBackend FALLBACK = LockSupportBackend.INSTANCE;

    private static final List<ParkerBackend> ALL = List.of(
            new SystemBackend("futex", "Linux"),
            new SystemBackend("ulock", "Mac"),
            new SystemBackend("waitaddress", "Windows"),
            new SystemBackend("keyedevent", "Windows"),
            FALLBACK,
            MonitorBackend.INSTANCE,
            SpinBackend.INSTANCE);

    /**
     * A choice, and how it came about.
     *
     * @param backend the chosen one
     * @param named whether the property has named it
     */
    record Choice(ParkerBackend backend, boolean named) {}

    /** Null until the first use succeeds. Racing first uses make the same choice. */
    private static volatile Choice choice;

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
        return choice().backend;
    }

    /**
     * The backend that serves a thread: {@code locksupport} for a virtual one, which never has the system probed; for
     * any other the chosen one. Cost: a few reads.
     *
     * @param thread the thread that is to sleep
     * @return never null
     * @throws IllegalArgumentException as {@link #chosen()}, for a platform thread
     */
    public static ParkerBackend forThread(Thread thread) {
        if (VirtualThreads.isVirtual(thread)) {
            return FALLBACK; // without probing, which would hold on to the carrier
        }
        return chosen();
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
                Optional<String> reason = backend.unavailableReason();
                if (reason.isPresent()) {
                    throw new IllegalArgumentException(
                            "parker backend '" + name + "' cannot be used here: " + reason.get() + ". " + choices());
                }
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
        return ParkerReport.of(choice(), ALL);
    }

    private static Choice choice() {
        Choice made = choice;
        if (made == null) {
            made = choose(System.getProperty(PROPERTY));
            choice = made;
        }
        return made;
    }

    /** The choice for a value of the property, null if it is not set. */
    static Choice choose(String name) {
        return name == null ? new Choice(preferred(), false) : new Choice(named(name), true);
    }

    // Loops, since the first use may be near the end of a stack, where every class that is loaded for the first time is
    // one that may be lost to the JVM.

    private static ParkerBackend preferred() {
        for (ParkerBackend backend : ALL) {
            if (backend.unavailableReason().isEmpty()) {
                return backend;
            }
        }
        throw new AssertionError(FALLBACK.name() + " works everywhere");
    }

    private static String choices() {
        return ALL.stream()
                .filter(backend -> backend.unavailableReason().isEmpty())
                .map(ParkerBackend::name)
                .collect(Collectors.joining(", ", "Set -D" + PROPERTY + " to one of: ", ""));
    }
}
