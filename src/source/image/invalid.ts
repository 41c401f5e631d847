import { SluiceError } from '#core/error.ts';

export const invalid = (why: string): SluiceError =>
  new SluiceError('image-invalid', `the image cannot be unpacked: ${why}`);
