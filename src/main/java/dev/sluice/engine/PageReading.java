package dev.sluice.engine;

import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSignal;
import dev.sluice.control.EngineSilence;
import java.util.List;
import java.util.Optional;

/**
 * What one metrics page said.
 *
 * @param kind the engine that wrote it; empty if the signal is a silence
 * @param signal what it says of the engine
 * @param unreadableLines lines that were passed over
 */
record PageReading(String kind, EngineSignal signal, int unreadableLines) {

    static PageReading of(byte[] page, long takenAtNanos) {
        List<EngineDialect.Translator> translators =
                EngineDialect.ALL.stream().map(EngineDialect::translator).toList();
        PrometheusText.Lines lines =
                PrometheusText.read(page, series -> translators.forEach(translator -> translator.accept(series)));
        for (int i = 0; i < translators.size(); i++) {
            Optional<EngineSample> sample = translators.get(i).sample(takenAtNanos);
            if (sample.isPresent()) {
                return new PageReading(EngineDialect.ALL.get(i).kind(), sample.get(), lines.unreadable());
            }
        }
        SilenceCause cause = lines.series() > 0 ? SilenceCause.NO_DIALECT : SilenceCause.UNREADABLE;
        return new PageReading("", new EngineSilence(takenAtNanos, cause.label()), lines.unreadable());
    }
}
