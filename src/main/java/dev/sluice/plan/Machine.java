package dev.sluice.plan;

/**
 * What one replica of an engine runs on.
 *
 * @param gpus ranks of tensor parallelism
 * @param gpuBytes memory of one GPU
 * @param memoryRatio 0..1: share of it that the engine may use
 * @param reservedBytes of that share, on each GPU: activations, graphs, buffers
 * @param offloadBytes a second tier in host memory, for all GPUs together; 0 for none
 */
public record Machine(int gpus, double gpuBytes, double memoryRatio, double reservedBytes, double offloadBytes) {

    private static final int MAX_GPUS = 1024;

    public Machine {
        require("gpus", gpus, 1, MAX_GPUS);
        require("gpuBytes", gpuBytes, 1, 1e15);
        require("memoryRatio", memoryRatio, 0.01, 1);
        require("reservedBytes", reservedBytes, 0, 1e15);
        require("offloadBytes", offloadBytes, 0, 1e18);
    }

    private static void require(String what, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }
}
