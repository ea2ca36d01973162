package dev.sluice.telemetry;

import dev.sluice.admission.Ending;
import dev.sluice.admission.Usage;
import dev.sluice.proxy.ExchangeObserver;
import dev.sluice.proxy.ExchangeRecord;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per exchange, when it is over: a fixed sentence, then always the same keys in the same order, {@code -} for
 * what is not known. Never a prompt, a credential or a query string. Thread-safe.
 */
final class AccessLog implements ExchangeObserver {

    private static final int USUAL_CHARS = 320;

    private static final Pattern TRACE_PARENT = Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}");

    private static final Logger LOG = LoggerFactory.getLogger("sluice.access");

    @Override
    public void onExchange(ExchangeRecord exchange) {
        if (LOG.isInfoEnabled()) {
            // The line is the message itself: without arguments nothing in it is looked for.
            LOG.info(line(exchange));
        }
    }

    static String line(ExchangeRecord exchange) {
        Ending ending = exchange.ending();
        Usage usage = exchange.usage();
        StringBuilder line = new StringBuilder(USUAL_CHARS).append("Exchange ended method=");
        line.append(LogValue.of(exchange.method()));
        line.append(" path=").append(LogValue.of(exchange.path()));
        line.append(" route=").append(RequestMeters.word(exchange.route()));
        known(line.append(" status="), exchange.status() == 0 ? -1 : exchange.status());
        line.append(" ending=").append(ending == null ? "-" : ending.label());
        line.append(" agent=").append(LogValue.of(exchange.agentId()));
        line.append(" tenant=").append(LogValue.of(exchange.tenant()));
        line.append(" request_bytes=").append(exchange.requestBytes());
        line.append(" response_bytes=").append(exchange.responseBytes());
        known(line.append(" wait_ms="), millis(exchange.waitedNanos()));
        known(line.append(" first_byte_ms="), millis(exchange.firstByteNanos()));
        known(line.append(" total_ms="), millis(exchange.totalNanos()));
        known(line.append(" prompt_tokens="), usage.promptTokens());
        known(line.append(" cached_tokens="), usage.cachedTokens());
        known(line.append(" completion_tokens="), usage.completionTokens());
        line.append(" finish=").append(word(usage.finish()));
        return line.append(" trace=")
                .append(LogValue.of(traceId(exchange.traceParent())))
                .toString();
    }

    /** Source: W3C Trace Context, section 3.2. Empty if {@code traceParent} is not of its form. */
    private static String traceId(String traceParent) {
        if (traceParent.isEmpty()) {
            return "";
        }
        Matcher parts = TRACE_PARENT.matcher(traceParent);
        return parts.lookingAt() ? parts.group(1) : "";
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
