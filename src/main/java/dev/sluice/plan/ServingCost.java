package dev.sluice.plan;

/**
 * What serving costs on hardware of one's own: GPUs by the hour, and what they get done in it. A GPU's time goes into prompt tokens that
 * are computed and into answers; cached ones are free.
 *
 * @param gpus that serve together
 * @param gpuHour price of one GPU for an hour, as bought by the hour
 * @param reservedFactor 0..1: price of an hour that was reserved for long, as a share of {@code gpuHour}
 * @param promptPerSecond prompt tokens that all of them compute in a second
 * @param answerPerSecond tokens that they generate in a second, at the load that is usual
 */
public record ServingCost(
        int gpus, double gpuHour, double reservedFactor, double promptPerSecond, double answerPerSecond) {

    private static final double SECONDS = 3600;

    public ServingCost {
        require("gpus", gpus, 1, 1e6);
        require("gpuHour", gpuHour, 0, 1e6);
        require("reservedFactor", reservedFactor, 0, 1);
        require("promptPerSecond", promptPerSecond, 1e-6, 1e12);
        require("answerPerSecond", answerPerSecond, 1e-6, 1e12);
    }

    private static void require(String what, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }

    /** Hours that the GPUs are busy with it. */
    public double busyHours(Traffic traffic) {
        return (traffic.computedTokens() / promptPerSecond + traffic.answerTokens() / answerPerSecond) / SECONDS;
    }

    /** Rent of all of them for so many hours, as bought by the hour. */
    public double onDemand(double hours) {
        return hours * gpus * gpuHour;
    }

    /** The same where they were reserved for long: every hour is paid, busy or not. */
    public double reserved(double hours) {
        return onDemand(hours) * reservedFactor;
    }
}
