package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes are open, so that a lock can cost no object of its own, and their methods are final. */
class OpenClassesTest {
    @ParameterizedTest
    @ValueSource(
            classes = {Mutex.class, FairMutex.class, ReentrantMutex.class, RwLock.class, Condvar.class, Once.class})
    void classesAreOpenWithFinalMethods(Class<?> type) {
        assertTrue(Modifier.isPublic(type.getModifiers()), "public");
        assertFalse(Modifier.isFinal(type.getModifiers()), "open");
        List<Method> methods = Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class && !method.isSynthetic())
                .filter(method -> !method.getName().equals("toString"))
                .toList();
        assertFalse(methods.isEmpty(), "no methods found");
        assertAll(methods.stream()
                .map(method -> () -> assertTrue(Modifier.isFinal(method.getModifiers()), method.toString())));
    }
}
