package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A copy of the library that a container has loaded, on threads that outlive it. */
@EnabledIf("dev.parkinglot.parkers.StubbedCalls#isNativeAccessGranted")
@EnabledOnOs(OS.LINUX)
class ClassLoaderTest {
    @Test
    void aThreadThatHasSleptInACopyOfTheLibraryDoesNotKeepItsClassLoader() throws Exception {
        BlockingQueue<ThrowingRunnable> tasks = new LinkedBlockingQueue<>();
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<WeakReference<ClassLoader>> loader = new AtomicReference<>();
        try (TestThreads threads = new TestThreads()) {
            Thread pooled = threads.start("pooled", () -> {
                while (done.getCount() > 0L) {
                    tasks.take().run();
                }
            });
            tasks.add(() -> loader.set(sleepInACopy()));
            TestThreads.await("it has slept", () -> loader.get() != null || !pooled.isAlive());
            try {
                TestThreads.await("the class loader is collected", () -> {
                    System.gc();
                    return loader.get().refersTo(null);
                });
                assertTrue(pooled.isAlive(), "that would prove nothing");
            } finally {
                tasks.add(done::countDown);
            }
        }
    }

    /** For a moment, in the system's call. */
    private static WeakReference<ClassLoader> sleepInACopy() throws Exception {
        List<URL> library = new ArrayList<>();
        for (String folder : ChildJvm.foldersOfLibrary()) {
            library.add(Path.of(folder).toUri().toURL());
        }
        ClassLoader loader = new URLClassLoader(library.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        Class<?> backends = loader.loadClass(ParkerBackends.class.getName());
        assertNotSame(ParkerBackends.class, backends);
        Object futex = backends.getMethod("named", String.class).invoke(null, "futex");
        Method newParker = loader.loadClass(ParkerBackend.class.getName()).getMethod("newParker", Object.class);
        Class<?> protocol = loader.loadClass(ThreadParker.class.getName());
        Object parker = newParker.invoke(futex, "a blocker");
        protocol.getMethod("preparePark").invoke(parker);
        Object unparked = protocol.getMethod("parkUntil", long.class, boolean.class)
                .invoke(parker, System.nanoTime() + 1_000_000L, false);
        assertFalse((boolean) unparked, "it was the deadline");
        return new WeakReference<>(loader);
    }
}
