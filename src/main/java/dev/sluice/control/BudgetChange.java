package dev.sluice.control;

/**
 * A law changed how much may live in the cache.
 *
 * @param cause why, one of a small closed set of words: fit for a metric label
 * @param from the former limit, in {@code unit}
 * @param to the new limit, in {@code unit}
 * @param unit {@code tokens} or {@code agents}
 */
public record BudgetChange(String cause, double from, double to, String unit) {}
