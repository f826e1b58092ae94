/** Runs the benchmarks of all modules, keeps what they measured, and writes a page of tables and charts about it. */
package dev.parkinglot.report;
