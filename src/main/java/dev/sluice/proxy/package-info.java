/** The data path: pipeline, hold, relay with back-pressure, upstream pool, error replies. */
@NullMarked
package dev.sluice.proxy;

import org.jspecify.annotations.NullMarked;
