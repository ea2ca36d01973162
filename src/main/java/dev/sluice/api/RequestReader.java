package dev.sluice.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads the facts that matter out of the body of a governed request: one pass, no tree, no copy of what does not matter.
 *
 * <p>What the engine would accept passes here too: a byte order mark, {@code NaN}, fields of unknown names, of unexpected
 * types or named twice (the last one counts, as in the engines). Only what no engine could read is refused.
 *
 * <p>Immutable and thread-safe. The caller bounds the size of the body.
 */
public final class RequestReader {

    /** Beyond the depth at which the parsers of the engines give up. */
    private static final int MAX_DEPTH = 10_000;

    /** Of a body up to this size, a copy in one piece has a place to be made again and again. */
    private static final int MAX_KEPT_BYTES = 1 << 20;

    private static final FastThreadLocal<byte[]> COPIES = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[0];
        }
    };

    private static final JsonFactory JSON = new TextJsonFactory((JsonFactoryBuilder) JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build()));

    private final Set<String> identityPaths;
    private final Set<String> innerPaths;

    /**
     * @param identityPaths body fields that may hold an identity, dots between the names on the way:
     *     {@code metadata.session_id}
     */
    public RequestReader(Set<String> identityPaths) {
        this.identityPaths = Set.copyOf(identityPaths);
        Set<String> inner = new HashSet<>();
        for (String path : identityPaths) {
            for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
                inner.add(path.substring(0, dot));
            }
        }
        this.innerPaths = Set.copyOf(inner);
    }

    /**
     * Reads one body.
     *
     * @param body its readable bytes are the whole body; neither consumed nor released
     * @throws BadRequestException if the body is not one JSON object
     */
    public RequestFacts read(Route route, ByteBuf body) throws BadRequestException {
        int length = body.readableBytes();
        byte[] copy = copyOf(body, length);
        try (JsonParser json = JSON.createParser(copy, 0, length)) {
            return new RequestScan(route, json, identityPaths, innerPaths).read();
        } catch (StreamConstraintsException e) {
            throw new BadRequestException("body: nested too deep (expected: at most %d levels)".formatted(MAX_DEPTH));
        } catch (JsonProcessingException e) {
            throw new BadRequestException("body: invalid JSON at line %d, column %d (expected: one JSON object)"
                    .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
        } catch (IOException e) {
            // Memory does not fail: what is left is text that is not in the encoding that it seems to have.
            throw new BadRequestException("body: invalid text (expected: one JSON object in UTF-8)");
        }
    }

    private static byte[] copyOf(ByteBuf body, int length) {
        byte[] copy = COPIES.get();
        if (copy.length < length) {
            copy = new byte[Math.max(length, Math.min(2 * copy.length, MAX_KEPT_BYTES))];
            if (copy.length <= MAX_KEPT_BYTES) {
                COPIES.set(copy);
            }
        }
        body.getBytes(body.readerIndex(), copy, 0, length);
        return copy;
    }
}
