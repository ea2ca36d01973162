/** The admin port: health, readiness, metrics, state. */
@NullMarked
package dev.sluice.admin;

import org.jspecify.annotations.NullMarked;
