package dev.sluice.telemetry;

import dev.sluice.admission.Ending;
import dev.sluice.admission.Usage;
import dev.sluice.api.Route;
import dev.sluice.proxy.ExchangeObserver;
import dev.sluice.proxy.ExchangeRecord;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per exchange, when it is over: a fixed sentence, then always the same keys in the same order, {@code -} for
 * what is not known. Never a prompt, a credential or a query string. Thread-safe.
 */
final class AccessLog implements ExchangeObserver {

    private static final int USUAL_CHARS = 320;

    private static final Logger LOG = LoggerFactory.getLogger("sluice.access");

    @Override
    public void onExchange(ExchangeRecord exchange) {
        if (LOG.isInfoEnabled()) {
            // The line is the message itself: without arguments nothing in it is looked for.
            LOG.info(line(exchange));
        }
    }

    static String line(ExchangeRecord exchange) {
        Route route = exchange.route();
        Ending ending = exchange.ending();
        Usage usage = exchange.usage();
        StringBuilder line = new StringBuilder(USUAL_CHARS).append("Exchange ended method=");
        line.append(LogValue.of(exchange.method()));
        line.append(" path=").append(LogValue.of(exchange.path()));
        line.append(" route=").append(route == null ? "pass_through" : word(route));
        known(line.append(" status="), exchange.status() == 0 ? -1 : exchange.status());
        line.append(" ending=").append(ending == null ? "-" : ending.label());
        line.append(" agent=").append(LogValue.of(exchange.agentId()));
        line.append(" request_bytes=").append(exchange.requestBytes());
        line.append(" response_bytes=").append(exchange.responseBytes());
        known(line.append(" wait_ms="), millis(exchange.waitedNanos()));
        known(line.append(" first_byte_ms="), millis(exchange.firstByteNanos()));
        known(line.append(" total_ms="), millis(exchange.totalNanos()));
        known(line.append(" prompt_tokens="), usage.promptTokens());
        known(line.append(" cached_tokens="), usage.cachedTokens());
        known(line.append(" completion_tokens="), usage.completionTokens());
        return line.append(" finish=").append(word(usage.finish())).toString();
    }

    private static long millis(long nanos) {
        return nanos < 0 ? nanos : nanos / 1_000_000;
    }

    private static void known(StringBuilder line, long number) {
        if (number < 0) {
            line.append('-');
        } else {
            line.append(number);
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
