package dev.parkinglot.report;

/**
 * Where, when and how a section was measured.
 *
 * @param date the day
 * @param java the virtual machine
 * @param machine processor and operating system
 * @param pace how long
 */
record Conditions(String date, String java, String machine, String pace) {}
