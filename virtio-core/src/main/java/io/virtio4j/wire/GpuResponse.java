// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/** Types of GPU responses. VirtIO 1.2, 5.7.6.7 Device Operation: Request header. */
public final class GpuResponse {
    /** Done; no payload. */
    public static final int OK_NODATA = 0x1100;

    /** Done, see {@link GpuLayout.DisplayInfo}. */
    public static final int OK_DISPLAY_INFO = 0x1101;

    /** Done, with what is known of a capability set. */
    public static final int OK_CAPSET_INFO = 0x1102;

    /** Done, with a capability set. */
    public static final int OK_CAPSET = 0x1103;

    /** Done, with an EDID, see {@link GpuEdidLayout}. */
    public static final int OK_EDID = 0x1104;

    /** Done, with a UUID, see {@link GpuLayout.ResourceUuid}. */
    public static final int OK_RESOURCE_UUID = 0x1105;

    /** Done, with how a blob was mapped. */
    public static final int OK_MAP_INFO = 0x1106;

    /** Failed for a reason that has no code of its own. */
    public static final int ERR_UNSPEC = 0x1200;

    /** The host has no memory for it. */
    public static final int ERR_OUT_OF_MEMORY = 0x1201;

    /** There is no such scanout. */
    public static final int ERR_INVALID_SCANOUT_ID = 0x1202;

    /** There is no such resource, or the id is taken. */
    public static final int ERR_INVALID_RESOURCE_ID = 0x1203;

    /** There is no such rendering context. */
    public static final int ERR_INVALID_CONTEXT_ID = 0x1204;

    /** A field has a value that it cannot have. */
    public static final int ERR_INVALID_PARAMETER = 0x1205;

    private GpuResponse() {}

    /**
     * {@return whether it is one of the error codes}
     *
     * @param type a response's type
     */
    public static boolean isError(int type) {
        return type >= ERR_UNSPEC && type <= ERR_INVALID_PARAMETER;
    }

    /**
     * {@return the specification's name for it, or its hexadecimal value if it has none}
     *
     * @param type a response's type
     */
    public static String nameOf(int type) {
        return switch (type) {
            case OK_NODATA -> "OK_NODATA";
            case OK_DISPLAY_INFO -> "OK_DISPLAY_INFO";
            case OK_CAPSET_INFO -> "OK_CAPSET_INFO";
            case OK_CAPSET -> "OK_CAPSET";
            case OK_EDID -> "OK_EDID";
            case OK_RESOURCE_UUID -> "OK_RESOURCE_UUID";
            case OK_MAP_INFO -> "OK_MAP_INFO";
            case ERR_UNSPEC -> "ERR_UNSPEC";
            case ERR_OUT_OF_MEMORY -> "ERR_OUT_OF_MEMORY";
            case ERR_INVALID_SCANOUT_ID -> "ERR_INVALID_SCANOUT_ID";
            case ERR_INVALID_RESOURCE_ID -> "ERR_INVALID_RESOURCE_ID";
            case ERR_INVALID_CONTEXT_ID -> "ERR_INVALID_CONTEXT_ID";
            case ERR_INVALID_PARAMETER -> "ERR_INVALID_PARAMETER";
            default -> "0x" + Integer.toHexString(type);
        };
    }
}
