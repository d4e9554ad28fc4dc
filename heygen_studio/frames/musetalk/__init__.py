"""MuseTalk 1.5 (Zhang et al. 2024, arXiv:2410.10122): a latent-diffusion UNet that paints 256 x 256 mouths in one step."""
