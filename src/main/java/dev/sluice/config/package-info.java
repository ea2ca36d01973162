/** Configuration as records with defaults, validated together. Depends on nothing else of ours. */
@NullMarked
package dev.sluice.config;

import org.jspecify.annotations.NullMarked;
