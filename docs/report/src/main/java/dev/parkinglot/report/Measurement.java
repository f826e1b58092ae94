package dev.parkinglot.report;

import java.util.Map;

/**
 * What one run of one competitor brought.
 *
 * @param values by metric
 * @param others the part of the machine that others used meanwhile, 0 to 1; NaN if unknown
 */
record Measurement(Map<Metric, Double> values, double others) {}
