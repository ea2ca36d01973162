@NullMarked
package dev.sluice.admission;

import org.jspecify.annotations.NullMarked;
