package dev.parkinglot.locks;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.lang.reflect.Method;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Gives each test that has a parameter for {@link TestThreads} threads of its own. The test is over when they are: they
 * are joined before anything that runs after each test.
 */
final class Threads implements ParameterResolver, InvocationInterceptor {
    /** For {@link OnEachKind}. */
    static Stream<Named<TestThreads>> ofEachKind() {
        return ThreadKind.available().stream().map(kind -> Named.of(kind.name(), new TestThreads(kind)));
    }

    static void meet(CyclicBarrier barrier) throws Exception {
        barrier.await(Delays.LONG_DELAY.toNanos(), TimeUnit.NANOSECONDS);
    }

    static void pauseUntil(long nanoTime) {
        while (System.nanoTime() - nanoTime < 0L) {
            Thread.onSpinWait();
        }
    }

    /** A test class whose threads are all of the kind that the class is run with. */
    interface OfOneKind {
        ThreadKind threadKind();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == TestThreads.class
                && !test.getRequiredTestMethod().isAnnotationPresent(OnEachKind.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return test.getRequiredTestInstance() instanceof OfOneKind kind
                ? new TestThreads(kind.threadKind())
                : new TestThreads();
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runAndJoin(test, method);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runAndJoin(test, method);
    }

    private static void runAndJoin(Invocation<Void> test, ReflectiveInvocationContext<Method> method) throws Throwable {
        TestThreads threads = method.getArguments().stream()
                .filter(TestThreads.class::isInstance)
                .map(TestThreads.class::cast)
                .findFirst()
                .orElse(null);
        try (threads) { // there may be none
            test.proceed();
        }
    }
}
