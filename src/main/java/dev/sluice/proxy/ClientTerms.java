package dev.sluice.proxy;

import dev.sluice.config.ClientFamily;
import dev.sluice.config.ClientsConfig;
import dev.sluice.config.SluiceConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the client of one request bears: what its family is given, and less where it tells a time-out of its own. Immutable.
 *
 * @param firstTokenNanos longest wait and first token together, of a streamed answer
 * @param patience that, over what clients usually bear
 * @param refusalStatus 429 or 503
 * @param keepAlive how often it is kept alive while its stream waits; null for never
 * @param blanks the same for an answer that is not streamed
 */
record ClientTerms(
        ClientFamily family,
        long firstTokenNanos,
        double patience,
        int refusalStatus,
        @Nullable Duration keepAlive,
        @Nullable Duration blanks) {

    /** Of its own time-out, what a client may be let wait: 290 of 300 s. */
    private static final double TOLD_SHARE = 29 / 30.0;

    private static final AsciiString LANGUAGE = AsciiString.cached("x-stainless-lang");
    private static final AsciiString READ_TIMEOUT = AsciiString.cached("x-stainless-read-timeout");
    private static final AsciiString TIMEOUT = AsciiString.cached("x-stainless-timeout");

    private static final double MOST_TOLD_SECONDS = 24 * 3600;

    static ClientTerms of(HttpHeaders fields, SluiceConfig config) {
        ClientFamily family = ClientFamily.of(fields.get(HttpHeaderNames.USER_AGENT), fields.get(LANGUAGE));
        ClientsConfig clients = config.clients();
        Duration usual = config.upstream().streamedFirstByte();
        long given = clients.firstToken().getOrDefault(family, usual).toNanos();
        long bearable = Math.min(given, Math.round(1e9 * TOLD_SHARE * toldSeconds(fields)));
        return new ClientTerms(
                family,
                bearable,
                (double) bearable / usual.toNanos(),
                clients.refusalStatus().getOrDefault(family, config.queue().refusalStatus()),
                clients.keepAlive().get(family),
                clients.blanks().get(family));
    }

    /** The longest silence before an answer that the client says it bears; infinite if it says nothing that can be read. */
    private static double toldSeconds(HttpHeaders fields) {
        String told = fields.get(READ_TIMEOUT);
        if (told == null) {
            told = fields.get(TIMEOUT);
        }
        try {
            double seconds = told == null || told.isEmpty() || told.length() > 16 ? 0 : Double.parseDouble(told);
            return seconds > 0 && seconds <= MOST_TOLD_SECONDS ? seconds : Double.POSITIVE_INFINITY;
        } catch (NumberFormatException e) {
            return Double.POSITIVE_INFINITY;
        }
    }
}
