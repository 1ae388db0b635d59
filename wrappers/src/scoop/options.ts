import { z } from 'zod';
import { downloadOption } from '../manifest/download.ts';

export const options = z.strictObject({ download: downloadOption });
