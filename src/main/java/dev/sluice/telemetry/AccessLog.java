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

    private static final Logger LOG = LoggerFactory.getLogger("sluice.access");

    @Override
    public void onExchange(ExchangeRecord exchange) {
        if (LOG.isInfoEnabled()) {
            LOG.info("{}", line(exchange));
        }
    }

    static String line(ExchangeRecord exchange) {
        Route route = exchange.route();
        Ending ending = exchange.ending();
        Usage usage = exchange.usage();
        return "Exchange ended method=" + LogValue.of(exchange.method())
                + " path=" + LogValue.of(exchange.path())
                + " route=" + (route == null ? "pass_through" : word(route))
                + " status=" + (exchange.status() == 0 ? "-" : exchange.status())
                + " ending=" + (ending == null ? "-" : ending.label())
                + " agent=" + LogValue.of(exchange.agentId())
                + " request_bytes=" + exchange.requestBytes()
                + " response_bytes=" + exchange.responseBytes()
                + " wait_ms=" + millis(exchange.waitedNanos())
                + " first_byte_ms=" + millis(exchange.firstByteNanos())
                + " total_ms=" + millis(exchange.totalNanos())
                + " prompt_tokens=" + known(usage.promptTokens())
                + " cached_tokens=" + known(usage.cachedTokens())
                + " completion_tokens=" + known(usage.completionTokens())
                + " finish=" + word(usage.finish());
    }

    private static String millis(long nanos) {
        return known(nanos < 0 ? nanos : nanos / 1_000_000);
    }

    private static String known(long number) {
        return number < 0 ? "-" : Long.toString(number);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
