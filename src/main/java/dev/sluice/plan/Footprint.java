package dev.sluice.plan;

/**
 * What contexts take in the cache, on one GPU and on all of them: layers that keep everything by the token, layers with a window up to
 * it, layers with a state once per agent. Immutable.
 *
 * <p>Tensor parallelism parts the heads of keys and values. Where there are more ranks than heads, heads are copied; a latent is
 * copied to every rank.
 *
 * @param tokenBytes of one more token, on one GPU, in the layers that keep everything
 * @param windowTokenBytes the same in the layers with a window
 * @param windowTokens 0 without such layers
 * @param agentBytes on one GPU, however long the context
 * @param gpus ranks
 */
public record Footprint(double tokenBytes, double windowTokenBytes, long windowTokens, double agentBytes, int gpus) {

    public static Footprint of(Model model, KvFormat format, int gpus) {
        double share = model.kvHeads() == 0 ? 1 : Math.ceil((double) model.kvHeads() / gpus) / model.kvHeads();
        double layerBytes = model.elementsPerToken() * format.elementBytes() / format.compression() * share;
        return new Footprint(
                model.fullLayers() * layerBytes,
                model.slidingLayers() * layerBytes,
                model.windowTokens(),
                model.linearLayers() * model.stateElements() * format.stateBytes() / gpus,
                gpus);
    }

    /** What a context of that length takes on one GPU. */
    double bytesOnGpu(double tokens) {
        return tokenBytes * tokens + windowTokenBytes * Math.min(tokens, windowTokens) + agentBytes;
    }

    /** What it takes on all GPUs together. */
    public double bytes(double tokens) {
        return gpus * bytesOnGpu(tokens);
    }

    /** Bytes of one token on all GPUs together, while the context is shorter than any window. */
    public double bytesPerToken() {
        return gpus * (tokenBytes + windowTokenBytes);
    }

    /** The longest context that so many bytes on each GPU hold; 2⁶² if length costs nothing. */
    long longestContext(double bytesOnGpu) {
        double shortBytes = bytesOnGpu(windowTokens);
        double perToken = bytesOnGpu < shortBytes ? tokenBytes + windowTokenBytes : tokenBytes;
        double rest = bytesOnGpu - agentBytes - (bytesOnGpu < shortBytes ? 0 : windowTokenBytes * windowTokens);
        return perToken == 0 ? 1L << 62 : (long) Math.max(0, rest / perToken);
    }
}
