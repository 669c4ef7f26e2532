// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.SettingControl;

/**
 * The latency from which {@link SlowRequestEvent} records a request: a number and {@code ns}, {@code us}, {@code ms} or
 * {@code s}. Where several recordings ask, the shortest holds; where one writes nonsense, its wish does not count.
 */
final class SlowerThan extends SettingControl {
    private static final String DEFAULT = "20 ms";
    private static final Pattern FORM = Pattern.compile("\\s*(\\d{1,9})\\s*(ns|us|ms|s)\\s*");
    private static final Map<String, TimeUnit> UNITS = Map.of(
            "ns",
            TimeUnit.NANOSECONDS,
            "us",
            TimeUnit.MICROSECONDS,
            "ms",
            TimeUnit.MILLISECONDS,
            "s",
            TimeUnit.SECONDS);

    private String value = DEFAULT;
    private volatile long nanos = parseNanos(DEFAULT);

    SlowerThan() {}

    long nanos() {
        return nanos;
    }

    @Override
    public String combine(Set<String> settingValues) {
        String shortest = DEFAULT;
        long shortestNanos = Long.MAX_VALUE;
        for (String setting : settingValues) {
            long settingNanos = parseNanos(setting);
            if (settingNanos < shortestNanos) {
                shortest = setting;
                shortestNanos = settingNanos;
            }
        }
        return shortest;
    }

    @Override
    public void setValue(String settingValue) {
        long settingNanos = parseNanos(settingValue);
        if (settingNanos != Long.MAX_VALUE) {
            value = settingValue;
            nanos = settingNanos;
        }
    }

    @Override
    public String getValue() {
        return value;
    }

    /** {@return the nanoseconds, or {@link Long#MAX_VALUE} for what is none} */
    private static long parseNanos(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Long.MAX_VALUE;
        }
        TimeUnit unit = UNITS.getOrDefault(matcher.group(2), TimeUnit.NANOSECONDS);
        return unit.toNanos(Long.parseLong(matcher.group(1)));
    }
}
