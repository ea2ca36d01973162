package dev.sluice.config;

import java.time.Duration;
import java.util.List;

/**
 * The report of what enforcement changes or would change.
 *
 * @param interval from one report to the next
 * @param maxSteps most steps that one is made of, the youngest
 * @param preset the emulated engine that it is computed with; its pool and speed are fitted to what is seen
 * @param gpus of the engine
 * @param gpuHourPrice what an hour of one of them costs, in any currency
 */
public record ReportConfig(Duration interval, int maxSteps, String preset, int gpus, double gpuHourPrice) {

    /** The engines that there are. */
    public static final List<String> PRESETS = List.of("dense-32b-2xh100", "moe-8xh100", "tiny");

    public static final ReportConfig DEFAULT =
            new ReportConfig(Duration.ofMinutes(10), 2_000, "dense-32b-2xh100", 1, 0);
}
