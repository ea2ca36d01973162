package dev.sluice.agent;

/**
 * Where along its messages one prompt can be compared with the next: hashes of its beginnings, behind every message or, of
 * many messages, behind every second, fourth and so on. Immutable.
 */
final class PrefixTrail {

    static final int MOST_MARKS = 32;

    static final PrefixTrail NONE = new PrefixTrail(1, new int[0]);

    private final int stride;
    private final int[] marks;

    private PrefixTrail(int stride, int[] marks) {
        this.stride = stride;
        this.marks = marks;
    }

    static PrefixTrail of(Chain chain) {
        int stride = 1;
        while (chain.length() / stride > MOST_MARKS) {
            stride *= 2;
        }
        int[] marks = new int[chain.length() / stride];
        for (int i = 0; i < marks.length; i++) {
            marks[i] = (int) chain.prefix((i + 1) * stride);
        }
        return new PrefixTrail(stride, marks);
    }

    /** How many messages at the beginning of a chain are as here; with a stride above one, perhaps a few more are. */
    int kept(Chain chain) {
        int same = 0;
        while (same < marks.length
                && (same + 1) * stride <= chain.length()
                && marks[same] == (int) chain.prefix((same + 1) * stride)) {
            same++;
        }
        return same * stride;
    }
}
