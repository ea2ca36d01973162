package dev.sluice.api;

/**
 * What is left of a text without its digits, wherever they stand: the same for two texts that differ in a clock or a counter
 * alone. A sum, since order would cost more and tells little more. What is written passes on. Confined to its owner.
 */
final class TextShape extends TextSink {

    private final TextHash all;
    private long sum;

    /**
     * Begun.
     *
     * @param all gets everything
     */
    TextShape(TextHash all) {
        this.all = all;
    }

    /** Of all that has come since the last call. */
    long end() {
        long ended = sum;
        sum = 0;
        return ended;
    }

    @Override
    void take(byte[] utf8, int from, int to) {
        long added = 0;
        for (int i = from; i < to; i++) {
            added += worth(utf8[i]);
        }
        sum += added;
        all.take(utf8, from, to);
    }

    @Override
    void take(byte octet) {
        sum += worth(octet);
        all.take(octet);
    }

    private static int worth(byte octet) {
        return octet >= '0' && octet <= '9' ? 0 : octet * octet + 1;
    }
}
