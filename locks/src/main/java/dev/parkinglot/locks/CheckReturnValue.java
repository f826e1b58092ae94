package dev.parkinglot.locks;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method whose result must not be dropped: a guard that nobody closes is a lock that nobody unlocks. Static
 * analysis (Error Prone, SpotBugs, IDEs) knows annotations by this name, whatever their package.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface CheckReturnValue {}
