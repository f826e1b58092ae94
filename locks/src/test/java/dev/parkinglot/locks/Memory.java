package dev.parkinglot.locks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;

/** The kinds of memory that a buffer can lie over, and two views of the same piece of it, at different offsets. */
enum Memory {
    ARRAY {
        @Override
        UnsafeBuffer[] views(int size) {
            byte[] array = new byte[size];
            return new UnsafeBuffer[] {new UnsafeBuffer(array), new UnsafeBuffer(array, SHIFT, size - SHIFT)};
        }
    },
    BUFFER_OF_ARRAY {
        @Override
        UnsafeBuffer[] views(int size) {
            return viewsOf(ByteBuffer.allocate(size));
        }
    },
    DIRECT {
        @Override
        UnsafeBuffer[] views(int size) {
            return viewsOf(ByteBuffer.allocateDirect(size));
        }
    },
    MAPPED {
        @Override
        UnsafeBuffer[] views(int size) {
            return viewsOf(mapTemporary(size));
        }
    };

    /** How far into the memory the second view begins: what is at index i of it is at index i + SHIFT of the first. */
    static final int SHIFT = 12;

    abstract UnsafeBuffer[] views(int size);

    static UnsafeBuffer[] viewsOf(ByteBuffer memory) {
        return new UnsafeBuffer[] {new UnsafeBuffer(memory), new UnsafeBuffer(memory, SHIFT, memory.capacity() - SHIFT)
        };
    }

    private static ByteBuffer mapTemporary(int size) {
        try {
            Path file = Files.createTempFile("locks", ".bin");
            try {
                return map(file, size);
            } finally {
                Files.delete(file); // what is mapped stays until it is unmapped
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ByteBuffer map(Path file, int size) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0L, size);
        }
    }
}
