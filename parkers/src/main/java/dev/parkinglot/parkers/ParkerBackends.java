package dev.parkinglot.parkers;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * The backends of this JVM, and the one that was chosen for it.
 *
 * <p>The choice is made once, when this class is initialised, which the first lock class does: {@code locksupport},
 * unless the system property {@value #PROPERTY} names another backend, or says {@code system} for the first of the
 * operating system's own that works here. Virtual threads always get {@code locksupport}, which serves every thread.
 * {@link #report()} tells what was found and why.
 *
 * <p>A choice that cannot be had is no reason for a lock to fail: a warning of the {@link System.Logger} named {@code
 * dev.parkinglot} lists the choices, once, and the default is taken. The same holds where a security policy does not
 * let the property be read, without a warning, since nobody is known to have chosen anything.
 *
 * <table>
 *   <caption>Backends</caption>
 *   <tr><th>name</th><th>sleeps in</th><th>needs</th></tr>
 *   <tr><td>{@code locksupport}</td><td>{@code LockSupport.park}</td><td>nothing</td></tr>
 *   <tr><td>{@code futex}</td><td>{@code futex(2)}</td><td>Linux, JDK 22, native access</td></tr>
 *   <tr><td>{@code ulock}</td><td>{@code os_sync_wait_on_address}, or {@code __ulock_wait}</td>
 *       <td>macOS, JDK 22, native access</td></tr>
 *   <tr><td>{@code waitaddress}</td><td>{@code WaitOnAddress}</td><td>Windows 8, JDK 22, native access</td></tr>
 *   <tr><td>{@code keyedevent}</td><td>{@code NtWaitForKeyedEvent}</td><td>Windows, JDK 22, native access</td></tr>
 *   <tr><td>{@code monitor}</td><td>{@code Object.wait}</td><td>nothing</td></tr>
 *   <tr><td>{@code spin}</td><td>nothing, it spins</td><td>nothing</td></tr>
 * </table>
 *
 * Why {@code locksupport} is the default also where native access was granted: a thread that sleeps in a system call of
 * ours looks RUNNABLE to every tool, has no lock name in a dump, and is not seen by JFR; and native access may have
 * been granted for the sake of some other library.
 *
 * <p>Native access is granted by {@code --enable-native-access=dev.parkinglot.parkers} where this library is a module,
 * by {@code --enable-native-access=ALL-UNNAMED} where it is on the class path, or by {@code Enable-Native-Access:
 * ALL-UNNAMED} in the manifest of the program's JAR file. Without it no restricted method is called, so the JDK prints
 * no warning. (If another library on the class path has made a restricted call before, the JDK has printed its warning
 * for that one and counts the whole class path as granted.)
 */
public final class ParkerBackends {
    /** The system property that names the backend to use. Read once, when this class is initialised. */
    public static final String PROPERTY = "dev.parkinglot.parker";

    /** The value of {@link #PROPERTY} that asks for the operating system's own way of sleeping, whatever its name. */
    public static final String SYSTEM = "system";

    private static final ParkerBackend DEFAULT = LockSupportBackend.INSTANCE;

    /**
     * Null until somebody asks for it, so that backends which nobody has chosen are not loaded. That may be at the end
     * of a stack; so none of them, nor what they consist of, has a static initializer, which would be lost there.
     */
    private static final AtomicReference<List<ParkerBackend>> ALL = new AtomicReference<>();

    /**
     * A choice, and how it came about.
     *
     * @param backend the chosen one
     * @param named whether the property has named it
     * @param problem why what the property says could not be had; empty if it could, or says nothing
     */
    record Choice(ParkerBackend backend, boolean named, Optional<String> problem) {}

    private static final Choice CHOICE = choose(property());

    static {
        if (CHOICE.problem().isPresent()) {
            warn(CHOICE.problem().get());
        }
    }

    private ParkerBackends() {}

    /**
     * All backends that this version knows, whether or not they work here.
     *
     * @return an unmodifiable list, the default first, then those of operating systems in order of preference
     */
    public static List<ParkerBackend> all() {
        List<ParkerBackend> all = ALL.get();
        if (all == null) {
            ALL.compareAndSet(
                    null,
                    List.of(
                            DEFAULT,
                            new SystemBackend("futex", "Linux"),
                            new SystemBackend("ulock", "Mac"),
                            new SystemBackend("waitaddress", "Windows"),
                            new SystemBackend("keyedevent", "Windows"),
                            new MonitorBackend(),
                            new SpinBackend()));
            all = ALL.get();
        }
        return all;
    }

    /**
     * The backend chosen for this JVM.
     *
     * @return never null
     */
    public static ParkerBackend chosen() {
        return CHOICE.backend;
    }

    /**
     * The backend that serves a thread: {@code locksupport} for a virtual one, for any other the chosen one. Cost: a
     * few reads.
     *
     * @param thread the thread that is to sleep
     * @return never null
     */
    public static ParkerBackend forThread(Thread thread) {
        return VirtualThreads.isVirtual(thread) ? DEFAULT : chosen();
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
        for (ParkerBackend backend : all()) {
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
     */
    public static ParkerReport report() {
        return ParkerReport.of(CHOICE, all());
    }

    private static String property() {
        try {
            return System.getProperty(PROPERTY);
        } catch (SecurityException e) {
            return null;
        }
    }

    /** The choice for a value of the property, null if it is not set. Does not throw. */
    static Choice choose(String name) {
        if (name == null) {
            return new Choice(DEFAULT, false, Optional.empty());
        }
        try {
            return new Choice(name.equals(SYSTEM) ? system() : named(name), true, Optional.empty());
        } catch (IllegalArgumentException e) {
            return new Choice(DEFAULT, false, Optional.of(e.getMessage()));
        }
    }

    private static ParkerBackend system() {
        for (ParkerBackend backend : all()) {
            if (backend instanceof SystemBackend && backend.unavailableReason().isEmpty()) {
                return backend;
            }
        }
        throw new IllegalArgumentException("no parker backend of an operating system can be used here. " + choices());
    }

    private static void warn(String problem) {
        try {
            System.getLogger("dev.parkinglot").log(Level.WARNING, problem + ". Threads sleep in " + DEFAULT.name());
        } catch (RuntimeException | Error e) {
            // A program that cannot even log keeps its locks all the same; report() has the problem.
        }
    }

    private static String choices() {
        return all().stream()
                .filter(backend -> backend.unavailableReason().isEmpty())
                .map(ParkerBackend::name)
                .collect(Collectors.joining(", ", "Set -D" + PROPERTY + " to one of: ", ""));
    }
}
