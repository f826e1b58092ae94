package dev.parkinglot.locks;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicLong;

/* Overview.
 *
 * From JDK 19 on the JVM's own number of a thread is Thread.threadId(), which is final. Before, it can be had only
 * through getId(), which a subclass can override, and then two threads may have the same number, or one thread several.
 * For a thread of such a class, and only for it, a number of our own is kept in a thread-local.
 */

/** Tells threads apart by a number that is never used twice, so that what remembers a thread does not keep it alive. */
final class ThreadIds {
    private static final MethodType TYPE = MethodType.methodType(long.class);

    /** {@code Thread.threadId}, null before JDK 19. */
    private static final MethodHandle THREAD_ID = findOrNull();

    /** Whether a class of threads has a {@code getId} of its own; for older JDKs. */
    private static final ClassValue<Boolean> OVERRIDES_GET_ID = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            for (Class<?> each = type; each != Thread.class; each = each.getSuperclass()) {
                if (declaresGetId(each)) {
                    return true;
                }
            }
            return false;
        }
    };

    /** Our own numbers, which no JVM counts up to. */
    private static final AtomicLong NEXT = new AtomicLong(1L << 40);

    private static final ThreadLocal<Long> OWN = ThreadLocal.withInitial(NEXT::getAndIncrement);

    private ThreadIds() {}

    /** That of the current thread, greater than 0. Cost: a field read once compiled. */
    static long current() {
        Thread thread = Thread.currentThread();
        if (THREAD_ID != null) {
            try {
                return (long) THREAD_ID.invokeExact(thread);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new AssertionError("no checked exception is declared", e);
            }
        }
        return thread.getClass() != Thread.class && OVERRIDES_GET_ID.get(thread.getClass()) ? OWN.get() : getId(thread);
    }

    @SuppressWarnings("deprecation") // on newer JDKs, where this is not called
    private static long getId(Thread thread) {
        return thread.getId();
    }

    private static boolean declaresGetId(Class<?> type) {
        try {
            return type.getDeclaredMethod("getId") != null;
        } catch (NoSuchMethodException e) {
            return false;
        } catch (SecurityException e) {
            return true; // who knows
        }
    }

    private static MethodHandle findOrNull() {
        try {
            return MethodHandles.lookup().findVirtual(Thread.class, "threadId", TYPE);
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return null;
        }
    }
}
