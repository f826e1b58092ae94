package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A second copy of the library in one process says so. */
class OneCopyTest {
    private final Logger logger = Logger.getLogger("dev.parkinglot");
    private final List<String> warnings = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord logged) {
            warnings.add(logged.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private String before;

    @BeforeEach
    void forgetTheCopyOfThisTest() {
        ParkingLot.prepare();
        before = System.clearProperty(OneCopy.PROPERTY);
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
    }

    @AfterEach
    void restore() {
        logger.setUseParentHandlers(true);
        logger.removeHandler(handler);
        System.setProperty(OneCopy.PROPERTY, before);
    }

    /** With all that this copy has, whatever the parker that was chosen needs of it. */
    private static URLClassLoader newLoader() throws IOException {
        List<URL> places = new ArrayList<>();
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            places.add(Path.of(place).toUri().toURL());
        }
        return new URLClassLoader(places.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static void loadCopy(URLClassLoader loader) throws ReflectiveOperationException {
        Class<?> copy = Class.forName(ParkingLot.class.getName(), true, loader);
        assertTrue(copy != ParkingLot.class, "the premise");
    }

    private static String nameOf(Object loader) {
        return loader.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(loader));
    }

    @Test
    void theFirstCopyIsSilentAndTheSecondNamesBoth() throws Exception {
        try (URLClassLoader first = newLoader();
                URLClassLoader second = newLoader()) {
            loadCopy(first);
            assertEquals(List.of(), warnings);
            assertEquals(nameOf(first), System.getProperty(OneCopy.PROPERTY));
            loadCopy(second);
            assertEquals(1, warnings.size());
            assertTrue(warnings.get(0).contains(nameOf(first)), warnings.get(0));
            assertTrue(warnings.get(0).contains(nameOf(second)), warnings.get(0));
        }
    }

    @Test
    void theCopyOfThisTestHasLeftItsName() {
        assertNotNull(before);
        assertInstanceOf(String.class, before);
    }

    @Test
    void itsClassLoaderIsNotKeptAlive() throws Exception {
        WeakReference<ClassLoader> loader = loadAndForget();
        TestThreads.await("the class loader is collected", () -> {
            System.gc();
            return loader.refersTo(null);
        });
    }

    private static WeakReference<ClassLoader> loadAndForget() throws ReflectiveOperationException, IOException {
        try (URLClassLoader loader = newLoader()) {
            loadCopy(loader);
            return new WeakReference<>(loader);
        }
    }

    /** As where a security manager forbids it. */
    @Test
    void aProcessThatForbidsThePropertyHasItsLocksAllTheSame() throws Exception {
        Properties properties = System.getProperties();
        Properties forbidding = new Properties() {
            private static final long serialVersionUID = 1L;

            @Override
            public synchronized Object putIfAbsent(Object key, Object value) {
                throw new SecurityException("not " + key);
            }
        };
        forbidding.putAll(properties);
        System.setProperties(forbidding);
        try (URLClassLoader loader = newLoader()) {
            loadCopy(loader);
        } finally {
            System.setProperties(properties);
        }
        assertEquals(List.of(), warnings);
    }
}
