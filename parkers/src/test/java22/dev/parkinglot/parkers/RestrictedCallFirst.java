package dev.parkinglot.parkers;

import java.lang.foreign.MemorySegment;

/** A program that makes a restricted call of its own before it uses the library, for {@link ParkerChoiceInJvmTest}. */
final class RestrictedCallFirst {
    private RestrictedCallFirst() {}

    @SuppressWarnings("restricted") // the point
    public static void main(String[] args) {
        if (MemorySegment.NULL.reinterpret(1L).byteSize() != 1L) {
            throw new AssertionError("the call was optimised away");
        }
        ParkerChoiceInJvmTest.Report.main(args);
    }
}
