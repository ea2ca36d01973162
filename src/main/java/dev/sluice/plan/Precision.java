package dev.sluice.plan;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How numbers are stored. Scales that a quantised format keeps beside its numbers are not in it. */
public enum Precision {
    FP32(32),
    BF16(16),
    FP16(16),
    FP8(8),
    INT8(8),
    FP4(4),
    INT4(4),
    INT2(2);

    private final int bits;

    Precision(int bits) {
        this.bits = bits;
    }

    public double bytes() {
        return bits / 8.0;
    }

    /** As the command line writes it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The precision of that name, as engines and model files write it too; an unknown one lists those there are. */
    public static Precision named(String name) {
        String plain = name.toLowerCase(Locale.ROOT);
        String known =
                switch (plain) {
                    case "bfloat16" -> "bf16";
                    case "float16", "half" -> "fp16";
                    case "float32", "float" -> "fp32";
                    case "fp8_e4m3", "fp8_e5m2" -> "fp8";
                    default -> plain;
                };
        return Arrays.stream(values())
                .filter(each -> each.label().equals(known))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("precision: " + name + " (expected one of: " + labels() + ")"));
    }

    private static String labels() {
        return Arrays.stream(values()).map(Precision::label).collect(Collectors.joining(", "));
    }
}
