"""Wav2Lip (Prajwal et al., "A lip sync expert is all you need", ACM Multimedia 2020): a GAN that paints 96 x 96 mouths."""
