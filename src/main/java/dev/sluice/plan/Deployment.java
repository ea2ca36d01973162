package dev.sluice.plan;

/**
 * One replica of an engine: a model, how its cache is stored, and the machine. Immutable.
 *
 * @param weightsBytes of the whole model; they are parted evenly among the GPUs
 */
public record Deployment(Model model, KvFormat format, Machine machine, double weightsBytes) {

    public Deployment {
        if (!(weightsBytes >= 0 && weightsBytes <= 1e15)) {
            throw new IllegalArgumentException("weightsBytes: " + weightsBytes + " (expected: 0..1e15)");
        }
    }

    public Footprint footprint() {
        return Footprint.of(model, format, machine.gpus());
    }

    /** What is left for the cache on each GPU; 0 if the weights alone do not fit. */
    private double poolBytesOnGpu() {
        double usable = machine.gpuBytes() * machine.memoryRatio() - machine.reservedBytes();
        return Math.max(0, usable - weightsBytes / machine.gpus());
    }

    /**
     * What fits into it.
     *
     * @param agentTokens the context of an agent, above 0
     * @param budgetRatio 0..1: share of the pool that Sluice lets live
     */
    public Capacity capacity(long agentTokens, double budgetRatio) {
        if (agentTokens < 1) {
            throw new IllegalArgumentException("agentTokens: " + agentTokens + " (expected: above 0)");
        }
        Footprint footprint = footprint();
        double agentBytes = footprint.bytes(agentTokens);
        double poolBytes = machine.gpus() * poolBytesOnGpu();
        double fit = agentBytes == 0 ? 0 : poolBytes / agentBytes;
        long longest = footprint.longestContext(poolBytesOnGpu());
        boolean isModelCeiling = model.maxContextTokens() > 0 && model.maxContextTokens() <= longest;
        return new Capacity(
                poolBytes,
                agentTokens,
                agentBytes,
                (long) (fit * agentTokens),
                (long) fit,
                (long) (fit * budgetRatio),
                agentBytes == 0 ? 0 : (long) (machine.offloadBytes() / agentBytes),
                isModelCeiling ? model.maxContextTokens() : longest,
                isModelCeiling);
    }
}
