package dev.parkinglot.locks;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A test with a parameter for {@link dev.parkinglot.testing.TestThreads}: it runs on each kind that this JDK has. */
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@MethodSource("dev.parkinglot.locks.Threads#ofEachKind")
@interface OnEachKind {}
