/**
 * A contest of locks: the same real program, threads that build a word index of text files, once with each lock. {@link
 * dev.parkinglot.examples.contest.Contest} is the command.
 *
 * <p>A {@link dev.parkinglot.examples.contest.Race} is one building of the index with one kind of lock; a {@link
 * dev.parkinglot.examples.contest.Tournament} has the races of all entrants; {@link
 * dev.parkinglot.examples.contest.Summary} and {@link dev.parkinglot.examples.contest.Report} tell how they went.
 */
package dev.parkinglot.examples.contest;
