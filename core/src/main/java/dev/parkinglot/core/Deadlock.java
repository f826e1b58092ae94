package dev.parkinglot.core;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Threads that wait for each other for ever. Each waits for something that the next one holds, and the last for
 * something that the first holds; a thread that waits for something that it holds itself is one alone.
 *
 * @param threads in this order
 */
public record Deadlock(List<Member> threads) {
    /**
     * Copies the list.
     *
     * @param threads each waits for the next, the last for the first
     */
    public Deadlock {
        threads = List.copyOf(threads);
    }

    /**
     * One thread of a deadlock.
     *
     * @param thread the thread
     * @param base the object of the key in whose queue it waits, null for memory outside the heap
     * @param offset the offset of that key
     * @param waiting its place in that queue
     * @param wants what it waits for, for people
     * @param holds what it is recorded to hold, for people; empty if holders are not recorded
     * @param stack where it waits, innermost call first; empty if that cannot be told
     */
    public record Member(
            Thread thread,
            Object base,
            long offset,
            ParkedThread waiting,
            String wants,
            List<String> holds,
            List<StackTraceElement> stack) {
        /**
         * Copies the lists.
         *
         * @param thread the thread
         * @param base the object of the key in whose queue it waits, null for memory outside the heap
         * @param offset the offset of that key
         * @param waiting its place in that queue
         * @param wants what it waits for, for people
         * @param holds what it is recorded to hold, for people
         * @param stack where it waits, innermost call first
         */
        public Member {
            holds = List.copyOf(holds);
            stack = List.copyOf(stack);
        }
    }

    /**
     * Tells everything, for people.
     *
     * @return several lines: for each thread what it waits for, who holds that, what it holds, and its stack
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("deadlock of " + threads.size() + " thread(s):");
        for (int i = 0; i < threads.size(); i++) {
            Member member = threads.get(i);
            Thread holder = threads.get((i + 1) % threads.size()).thread();
            text.append("\n\"")
                    .append(nameOf(member.thread()))
                    .append("\" waits for ")
                    .append(member.wants())
                    .append(", held by \"")
                    .append(nameOf(holder))
                    .append('"');
            if (!member.holds().isEmpty()) {
                text.append("; holds ").append(String.join(", ", member.holds()));
            }
            text.append(
                    member.stack().stream().map(frame -> "\n    at " + frame).collect(Collectors.joining()));
        }
        return text.toString();
    }

    static String nameOf(Thread thread) {
        if (thread == null) {
            return "an entry without a thread";
        }
        return thread.getName().isEmpty() ? thread.toString() : thread.getName();
    }
}
